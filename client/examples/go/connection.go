package main

import (
	"context"
	"os"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	// Health checks, as the service config asks for.
	_ "google.golang.org/grpc/health"
	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/resolver/manual"
)

// Sent again is what fits; grpc-go's own bound is 256 KiB.
const retryBuffer = 20 << 20

func connect(address string) *grpc.ClientConn {
	config, err := os.ReadFile(setting("WANWU_SERVICE_CONFIG", "docs/service-config.json"))
	check(err)
	options := []grpc.DialOption{
		grpc.WithDefaultServiceConfig(string(config)),
		grpc.WithDefaultCallOptions(grpc.MaxRetryRPCBufferSize(retryBuffer)),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
	}
	if file := os.Getenv("WANWU_CA_FILE"); file != "" {
		tls, err := credentials.NewClientTLSFromFile(file, "")
		check(err)
		options = append(options, grpc.WithTransportCredentials(tls))
	}
	if file := os.Getenv("WANWU_TOKEN_FILE"); file != "" {
		token, err := os.ReadFile(file)
		check(err)
		options = append(options, grpc.WithPerRPCCredentials(
			bearer(strings.TrimSpace(string(token)))))
	}
	if addresses := strings.Split(address, ","); len(addresses) > 1 {
		options = append(options, grpc.WithResolvers(listed(addresses)))
		address = "listed:///"
	}
	connection, err := grpc.NewClient(address, options...)
	check(err)
	return connection
}

// Several addresses as one target. A name that resolves to all of them, as in
// dns:///wanwu:8500, needs none of this.
func listed(addresses []string) resolver.Builder {
	list := manual.NewBuilderWithScheme("listed")
	var state resolver.State
	for _, each := range addresses {
		state.Addresses = append(state.Addresses, resolver.Address{Addr: each})
	}
	list.InitialState(state)
	return list
}

type bearer string

func (token bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(token)}, nil
}

// So that the token never travels in the clear.
func (bearer) RequireTransportSecurity() bool { return true }
