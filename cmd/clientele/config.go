package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"gopkg.in/yaml.v3"
)

// configurable are the options that a configuration file may hold: those that describe the server, not what a command
// is asked to do.
var configurable = []string{"addr", "db", "demo", "drain", "log-level"}

// config is a configuration file: options by name.
type config map[string]any

// readConfig reads a configuration file in YAML.
func readConfig(r io.Reader) (kong.Resolver, error) {
	var c config
	if err := yaml.NewDecoder(r).Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("the configuration file is not YAML of the form NAME: VALUE: %w", err)
	}
	return c, nil
}

// Validate refuses what is no option: misspelt, it would silently not be in force.
func (c config) Validate(*kong.Application) error {
	for name := range c {
		if !slices.Contains(configurable, name) {
			return fmt.Errorf("the configuration file has %q; its options are %s", name, strings.Join(configurable, ", "))
		}
	}
	return nil
}

// forgetEmpty unsets the variables of the environment that are ours and empty: to a shell's user that means not set.
func forgetEmpty() {
	for _, variable := range os.Environ() {
		if name, value, _ := strings.Cut(variable, "="); value == "" && strings.HasPrefix(name, "CLIENTELE_") {
			os.Unsetenv(name) //nolint:errcheck // it fails for impossible names only
		}
	}
}

// Resolve answers an option's value, unless the environment has it, which goes before the file.
func (c config) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil //nolint:nilnil // kong's way to say that there is no value
		}
	}
	value, found := c[flag.Name]
	if !found || !slices.Contains(configurable, flag.Name) {
		return nil, nil //nolint:nilnil // kong's way to say that there is no value
	}
	return fmt.Sprint(value), nil
}
