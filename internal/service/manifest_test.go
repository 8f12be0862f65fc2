package service

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

// TestTheManifestAsksForWhatTheProgramUses: the app that people create from it has the commands and scopes that are looked
// for at start, and no others.
func TestTheManifestAsksForWhatTheProgramUses(t *testing.T) {
	text, err := os.ReadFile("../../deploy/slack-manifest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Features struct {
			Commands []struct {
				Command string `yaml:"command"`
			} `yaml:"slash_commands"`
		} `yaml:"features"`
		OAuth struct {
			Scopes struct {
				Bot []string `yaml:"bot"`
			} `yaml:"scopes"`
		} `yaml:"oauth_config"`
		Settings struct {
			SocketMode    bool `yaml:"socket_mode_enabled"`
			Interactivity struct {
				Enabled bool `yaml:"is_enabled"`
			} `yaml:"interactivity"`
		} `yaml:"settings"`
	}
	if err := yaml.Load(text, &manifest); err != nil {
		t.Fatal(err)
	}
	var wanted, commands []string
	for _, w := range Scopes {
		wanted = append(wanted, w.Name)
	}
	for _, c := range manifest.Features.Commands {
		commands = append(commands, c.Command)
	}
	if diff := cmp.Diff(wanted, manifest.OAuth.Scopes.Bot); diff != "" {
		t.Errorf("scopes (-looked for at start +manifest):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"/usage", "/budget"}, commands); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
	if !manifest.Settings.SocketMode || !manifest.Settings.Interactivity.Enabled {
		t.Error("Socket Mode or interactivity is off")
	}
}
