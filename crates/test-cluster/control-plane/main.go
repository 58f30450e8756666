// Command control-plane combines etcd, kube-apiserver, kube-controller-manager and kubectl in one executable file.
// The programs share most of their code, so that the file takes a third of the space and build time of four files.
//
// The name of the executable file, usually a symbolic link, selects the program. Under any other name, the first
// argument selects it.
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

// programs maps the name of a program to its main function, which reads its arguments from os.Args.
var programs = map[string]func(){
	"etcd":                    runEtcd,
	"kube-apiserver":          func() { runServer(apiserver.NewAPIServerCommand()) },
	"kube-controller-manager": func() { runServer(controllermanager.NewControllerManagerCommand()) },
	"kubectl":                 runKubectl,
}

func main() {
	if program, ok := programs[filepath.Base(os.Args[0])]; ok {
		program()
		return
	}
	if len(os.Args) > 1 {
		if program, ok := programs[os.Args[1]]; ok {
			// Cobra, kubectl's plugin lookup and runEtcd read os.Args, which must begin with the program's name.
			os.Args = os.Args[1:]
			program()
			return
		}
	}
	fmt.Fprintf(os.Stderr, "usage: %s %s [argument...]\n", os.Args[0], strings.Join(programNames(), "|"))
	os.Exit(2)
}

// programNames returns the names of the programs in alphabetical order.
func programNames() []string {
	names := make([]string, 0, len(programs))
	for name := range programs {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// runServer runs a server command. The command installs its own handler for SIGTERM and SIGINT.
func runServer(command *cobra.Command) {
	os.Exit(cli.Run(command))
}

// runKubectl runs kubectl. kubectl prints its own errors; cli.Run would print them as log lines.
func runKubectl() {
	util.CheckErr(cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()))
}
