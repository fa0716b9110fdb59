// The Kubernetes provider of Pulumi as a plugin. The build puts the two JSON files beside this one: upstream generates
// them before it builds its own main package, and leaves them out of the Go module.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
)

// Set by the linker: the version of the SDK that programs use.
var version string

//go:embed schema.json
var schema []byte

//go:embed terraform-mapping.json
var terraformMapping []byte

func main() {
	provider.Serve("kubernetes", version, schema, terraformMapping)
}
