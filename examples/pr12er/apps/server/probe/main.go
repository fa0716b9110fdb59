// Command grpc_health_probe asks a gRPC server's health service, as the kubelet's exec probes do: with the flags and
// exit codes of github.com/grpc-ecosystem/grpc-health-probe, and with Go's own HTTP/2 alone.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"
)

// Exit codes beside 0.
const (
	invalidArguments = iota + 1
	connectionFailure
	rpcFailure
	unhealthy
)

// failure is why the probe does not exit with 0.
type failure struct {
	code int
	text string
}

func (f failure) Error() string { return f.text }

type options struct {
	address, service, userAgent string
	connectTimeout, rpcTimeout  time.Duration
	tls, noVerify               bool
	authorities, certifiedAs    string
	certificates                *x509.CertPool
}

func main() {
	options, err := parse(os.Args[1:])
	if err == nil {
		err = ask(options)
	}
	var failed failure
	switch {
	case err == nil:
		fmt.Println("status: SERVING")
	case errors.Is(err, flag.ErrHelp):
		os.Exit(invalidArguments)
	case errors.As(err, &failed):
		fmt.Fprintln(os.Stderr, failed.text)
		os.Exit(failed.code)
	default:
		os.Exit(invalidArguments) // flag has told why.
	}
}

func parse(arguments []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("grpc_health_probe", flag.ContinueOnError)
	flags.StringVar(&o.address, "addr", "", "host:port of the server (required); without host: this machine")
	flags.StringVar(&o.service, "service", "", "name of the service; empty: the server as a whole")
	flags.StringVar(&o.userAgent, "user-agent", "grpc_health_probe", "what the server is told of the client")
	flags.DurationVar(&o.connectTimeout, "connect-timeout", time.Second, "until there is a connection")
	flags.DurationVar(&o.rpcTimeout, "rpc-timeout", time.Second, "from then on until there is an answer")
	flags.BoolVar(&o.tls, "tls", false, "use TLS")
	flags.BoolVar(&o.noVerify, "tls-no-verify", false, "with -tls: accept any certificate")
	flags.StringVar(&o.authorities, "tls-ca-cert", "", "with -tls: file of authorities to trust, PEM")
	flags.StringVar(&o.certifiedAs, "tls-server-name", "", "with -tls: host that the certificate is for")
	if err := flags.Parse(arguments); err != nil {
		return o, err
	}
	refusals := []struct {
		refused bool
		text    string
	}{
		{flags.NArg() > 0, fmt.Sprintf("%q is no flag: an argument without a flag says nothing", flags.Args())},
		{o.address == "", "-addr is missing: say which server to ask"},
		{o.connectTimeout <= 0, "-connect-timeout must be more than zero"},
		{o.rpcTimeout <= 0, "-rpc-timeout must be more than zero"},
		{!o.tls && o.noVerify, "-tls-no-verify needs -tls"},
		{!o.tls && o.authorities != "", "-tls-ca-cert needs -tls"},
		{!o.tls && o.certifiedAs != "", "-tls-server-name needs -tls"},
		{o.noVerify && o.authorities != "", "-tls-no-verify would ignore -tls-ca-cert"},
		{o.noVerify && o.certifiedAs != "", "-tls-no-verify would ignore -tls-server-name"},
	}
	for _, each := range refusals {
		if each.refused {
			return o, failure{invalidArguments, "error: " + each.text}
		}
	}
	if o.authorities != "" {
		pem, err := os.ReadFile(o.authorities)
		o.certificates = x509.NewCertPool()
		if err != nil || !o.certificates.AppendCertsFromPEM(pem) {
			return o, failure{invalidArguments, fmt.Sprintf("error: -tls-ca-cert %s holds no certificate", o.authorities)}
		}
	}
	return o, nil
}

// ask returns nil when the answer is SERVING.
func ask(o options) error {
	host, port, err := net.SplitHostPort(o.address)
	if err != nil {
		return failure{connectionFailure, fmt.Sprintf("error: failed to connect service %q: %v", o.address, err)}
	}
	if host == "" {
		host = "localhost"
	}
	context, cancel := context.WithCancel(context.Background())
	defer cancel()
	var connected atomic.Bool
	deadline := time.AfterFunc(o.connectTimeout, cancel)
	reached := func() {
		if connected.CompareAndSwap(false, true) {
			deadline.Reset(o.rpcTimeout)
		}
	}
	answer, err := check(context, o, net.JoinHostPort(host, port), reached)
	timeout := context.Err() != nil
	switch {
	case err == nil && answer.status == serving:
		return nil
	case err == nil && answer.code == ok:
		return failure{unhealthy, fmt.Sprintf("service unhealthy (responded with %q)", answer.status)}
	case err == nil && answer.code == unimplemented:
		return failure{rpcFailure, "error: this server does not implement the grpc health protocol (grpc.health.v1.Health)"}
	case err == nil:
		return failure{rpcFailure, fmt.Sprintf("error: health rpc failed: code %s %q", answer.code, answer.message)}
	case !connected.Load() && timeout:
		return failure{connectionFailure, fmt.Sprintf("timeout: failed to connect service %q within %v", o.address, o.connectTimeout)}
	case !connected.Load():
		return failure{connectionFailure, fmt.Sprintf("error: failed to connect service %q: %v", o.address, err)}
	case timeout:
		return failure{rpcFailure, fmt.Sprintf("timeout: health rpc did not complete within %v", o.rpcTimeout)}
	}
	return failure{rpcFailure, fmt.Sprintf("error: health rpc failed: %v", err)}
}

// client speaks HTTP/2 alone, and calls reached once the server has spoken.
func client(o options, reached func()) *http.Client {
	var protocols http.Protocols
	protocols.SetHTTP2(o.tls)
	protocols.SetUnencryptedHTTP2(!o.tls)
	dialer := net.Dialer{}
	return &http.Client{Transport: &http.Transport{
		Protocols: &protocols,
		DialContext: func(context context.Context, network, address string) (net.Conn, error) {
			connection, err := dialer.DialContext(context, network, address)
			return listener{connection, reached}, err
		},
		DialTLSContext: func(context context.Context, network, address string) (net.Conn, error) {
			configuration := tls.Config{
				NextProtos:         []string{"h2"},
				ServerName:         o.certifiedAs,
				RootCAs:            o.certificates,
				InsecureSkipVerify: o.noVerify,
			}
			connection, err := (&tls.Dialer{Config: &configuration}).DialContext(context, network, address)
			if err == nil {
				reached()
			}
			return connection, err
		},
	}}
}

// listener tells when the first bytes come: a server that accepts and is mute is not connected to.
type listener struct {
	net.Conn
	heard func()
}

func (l listener) Read(into []byte) (int, error) {
	count, err := l.Conn.Read(into)
	if count > 0 {
		l.heard()
	}
	return count, err
}
