// Command control-plane is a Kubernetes control plane in one file: etcd, kube-apiserver, kube-controller-manager
// and kubectl. Linking them together shares the code they have in common, which makes the build and the result
// a third of the size of four programs.
//
// The program to be is named by the link it is started through, or by the first argument.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

// programs maps a name to the main function behind it. Each finds its own name and arguments in os.Args.
var programs = map[string]func(){
	"etcd":                    runEtcd,
	"kube-apiserver":          func() { serve(apiserver.NewAPIServerCommand()) },
	"kube-controller-manager": func() { serve(controllermanager.NewControllerManagerCommand()) },
	"kubectl":                 runKubectl,
}

func main() {
	if program, ok := programs[filepath.Base(os.Args[0])]; ok {
		program()
		return
	}
	if len(os.Args) > 1 {
		if program, ok := programs[os.Args[1]]; ok {
			// Cobra, kubectl's search for plugins and etcd all read os.Args.
			os.Args = os.Args[1:]
			program()
			return
		}
	}
	fmt.Fprintf(os.Stderr, "usage: %s %s [argument...]\n", os.Args[0], strings.Join(names(), "|"))
	os.Exit(2)
}

// names lists the programs in a stable order.
func names() []string {
	all := make([]string, 0, len(programs))
	for name := range programs {
		all = append(all, name)
	}
	sort.Strings(all)
	return all
}

// serve runs a server, which installs its own handler for SIGTERM and SIGINT.
func serve(command *cobra.Command) {
	os.Exit(cli.Run(command))
}

// runKubectl leaves errors to kubectl's own printer: cli.Run would print them as log lines.
func runKubectl() {
	util.CheckErr(cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()))
}
