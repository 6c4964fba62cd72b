package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/alecthomas/kong"
	"gopkg.in/yaml.v3"
)

// configurable are the options that a configuration file may hold: those that describe the server, not what a command
// is asked to do.
var configurable = []string{"addr", "db", "demo", "drain", "first-keys-file", "log-level", "url"}

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

// checkEnvironment refuses a variable that is an option misspelt: CLIENTELE_LOGLEVEL would silently not be in force.
// Variables that are like none are left alone: they may be another program's.
func checkEnvironment(model *kong.Application, environment []string) error {
	var known []string
	_ = kong.Visit(model, func(node kong.Visitable, next kong.Next) error { // no visitor fails
		if flag, is := node.(*kong.Flag); is {
			known = append(known, flag.Envs...)
		}
		return next(nil)
	})
	for _, variable := range environment {
		name, _, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(strings.ToUpper(name), "CLIENTELE_") || slices.Contains(known, name) {
			continue
		}
		for _, option := range known {
			const short = len("CLIENTELE_") + 4 // of which many are a letter apart
			oneOff := len(name) > short && levenshtein.ComputeDistance(name, option) == 1
			if oneOff || letters(name) == letters(option) {
				return fmt.Errorf("the environment has %s, which is no option; did you mean %s?", name, option)
			}
		}
	}
	return nil
}

// letters are those of a name, as capitals.
func letters(name string) string { return strings.ReplaceAll(strings.ToUpper(name), "_", "") }

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
