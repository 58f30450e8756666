package main

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"go.etcd.io/etcd/api/v3/version"
	"go.etcd.io/etcd/server/v3/embed"
)

// urls is a comma-separated list of addresses, as etcd's flags take it.
type urls []url.URL

func (u *urls) String() string {
	all := make([]string, 0, len(*u))
	for _, one := range *u {
		all = append(all, one.String())
	}
	return strings.Join(all, ",")
}

func (u *urls) Set(list string) error {
	*u = nil
	for _, text := range strings.Split(list, ",") {
		parsed, err := url.Parse(text)
		if err != nil {
			return err
		}
		*u = append(*u, *parsed)
	}
	return nil
}

// runEtcd is a single member etcd with the flags that test harnesses pass (ours and controller-runtime's envtest).
// The full flag set lives in etcd's main package, which brings a proxy, a gateway and their dependencies with it;
// an unknown flag is refused rather than ignored.
func runEtcd() {
	if err := serveEtcd(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "etcd:", err)
		os.Exit(1)
	}
}

func serveEtcd(arguments []string) error {
	config, err := etcdConfig(arguments)
	if err != nil {
		return err
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	server, err := embed.StartEtcd(config)
	if err != nil {
		return err
	}
	defer server.Close()
	select {
	case <-stop:
		return nil
	case err := <-server.Err():
		return err
	}
}

func etcdConfig(arguments []string) (*embed.Config, error) {
	config := embed.NewConfig()
	flags := flag.NewFlagSet("etcd", flag.ExitOnError)
	showVersion := flags.Bool("version", false, "print the version and exit")
	flags.StringVar(&config.Name, "name", config.Name, "name of this member")
	flags.StringVar(&config.Dir, "data-dir", "default.etcd", "data directory")
	flags.StringVar(&config.LogLevel, "log-level", config.LogLevel, "debug, info, warn, error, panic or fatal")
	flags.Int64Var(&config.QuotaBackendBytes, "quota-backend-bytes", 0, "bytes that the data may grow to; 0: etcd's default")
	flags.BoolVar(&config.UnsafeNoFsync, "unsafe-no-fsync", false, "do not wait for the disk: a power cut loses data")
	clusterFlag := flags.String("initial-cluster", "", "NAME=PEER-URL of this member (default: derived from the other flags)")
	flags.Var((*urls)(&config.ListenClientUrls), "listen-client-urls", "addresses to listen on for clients")
	flags.Var((*urls)(&config.AdvertiseClientUrls), "advertise-client-urls", "addresses clients are told")
	flags.Var((*urls)(&config.ListenPeerUrls), "listen-peer-urls", "addresses to listen on for other members")
	flags.Var((*urls)(&config.AdvertisePeerUrls), "initial-advertise-peer-urls", "addresses other members are told")
	if err := flags.Parse(arguments); err != nil {
		return nil, err
	}
	if *showVersion {
		fmt.Println("etcd Version:", version.Version)
		os.Exit(0)
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("%q is not a flag", flags.Arg(0))
	}
	config.InitialCluster = *clusterFlag
	if config.InitialCluster == "" {
		config.InitialCluster = config.InitialClusterFromName(config.Name)
	}
	return config, nil
}
