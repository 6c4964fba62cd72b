package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/alecthomas/kong"
)

// version is set by the release build.
var version = ""

type versionCommand struct{}

// versionFlag is --version, which many try first.
type versionFlag bool

// BeforeReset is called by kong when the flag is given, before it looks for a command.
func (versionFlag) BeforeReset(k *kong.Kong) error {
	if err := (versionCommand{}).Run(&app{stdout: k.Stdout}); err != nil {
		return err
	}
	k.Exit(0)
	return nil
}

// Run prints what was built, from which revision and with which Go.
func (versionCommand) Run(a *app) error {
	revision := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = " " + s.Value[:min(12, len(s.Value))]
			}
		}
	}
	_, err := fmt.Fprintf(a.stdout, "clientele %s%s %s %s/%s\n",
		programVersion(), revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// programVersion is what the release build says, or else what Go knows of the module.
func programVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && version == "" {
		return info.Main.Version
	}
	return version
}
