package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is set by the release build.
var version = ""

type versionCommand struct{}

// Run prints what was built, from which revision and with which Go.
func (versionCommand) Run(a *app) error {
	built, revision := version, ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if built == "" {
			built = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = " " + s.Value[:min(12, len(s.Value))]
			}
		}
	}
	_, err := fmt.Fprintf(a.stdout, "clientele %s%s %s %s/%s\n",
		built, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
