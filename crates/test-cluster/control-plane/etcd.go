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

// urlList is a flag value: a comma-separated list of URLs, the format of etcd's own flags.
type urlList []url.URL

func (u *urlList) String() string {
	texts := make([]string, 0, len(*u))
	for _, item := range *u {
		texts = append(texts, item.String())
	}
	return strings.Join(texts, ",")
}

func (u *urlList) Set(list string) error {
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

// runEtcd runs a single-member etcd with the flags that this project's tests and controller-runtime's envtest pass.
// Any other flag is an error. The full flag set is part of etcd's main package, which also contains a proxy,
// a gateway and their dependencies.
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
	flags.Var((*urlList)(&config.ListenClientUrls), "listen-client-urls", "addresses to listen on for clients")
	flags.Var((*urlList)(&config.AdvertiseClientUrls), "advertise-client-urls", "addresses clients are told")
	flags.Var((*urlList)(&config.ListenPeerUrls), "listen-peer-urls", "addresses to listen on for other members")
	flags.Var((*urlList)(&config.AdvertisePeerUrls), "initial-advertise-peer-urls", "addresses other members are told")
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
