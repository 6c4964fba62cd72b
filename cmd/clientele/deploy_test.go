package main

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// deployed reads a file of deploy/.
func deployed(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile("../../deploy/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// unit are the settings of a file for systemd, each with all that it was set to.
func unit(t *testing.T, name string) map[string][]string {
	t.Helper()
	settings := map[string][]string{}
	for line := range strings.Lines(deployed(t, name)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == '[' {
			continue
		}
		setting, value, found := strings.Cut(line, "=")
		if !found {
			t.Errorf("%s: %q is no setting", name, line)
		}
		settings[setting] = append(settings[setting], value)
	}
	return settings
}

// runElsewhere starts the command of a deployment with its environment, on a socket that is passed as systemd does, and
// with a folder in place of the one that it has there.
func runElsewhere(t *testing.T, arguments, environment []string, folder, instead string) {
	t.Helper()
	address, socket := keptSocket(t)
	served := command("")
	c := exec.Command("sh", append([]string{"-c", `LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@"`, served.Path},
		arguments...)...)
	c.ExtraFiles, c.Env = []*os.File{socket}, served.Env[:0:0]
	for _, set := range served.Env {
		if !strings.HasPrefix(set, "CLIENTELE_DB=") {
			c.Env = append(c.Env, set)
		}
	}
	for _, set := range environment {
		c.Env = append(c.Env, strings.ReplaceAll(set, folder, instead))
	}
	started(t, c)
	answer, err := http.Get("http://" + address + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("it answers %d", answer.StatusCode)
	}
	if _, err := os.Stat(filepath.Join(instead, "clientele.db")); err != nil {
		t.Error(err)
	}
}

// TestServiceUnit starts the server as deploy/clientele.service does, on the socket of deploy/clientele.socket.
func TestServiceUnit(t *testing.T) {
	t.Parallel()
	service, socket := unit(t, "clientele.service"), unit(t, "clientele.socket")
	run := strings.Fields(service["ExecStart"][0])
	if run[0] != "/usr/local/bin/clientele" {
		t.Errorf("it runs %s", run[0])
	}
	runElsewhere(t, run[1:], service["Environment"], service["WorkingDirectory"][0], t.TempDir())
	where := socket["ListenStream"][0]
	if !strings.Contains(deployed(t, "clientele.nginx"), "proxy_pass http://"+where+";") {
		t.Errorf("nginx does not ask %s", where)
	}
	for setting, value := range map[string]string{
		"User": "clientele", "StateDirectory": "clientele", "ProtectSystem": "strict", "NoNewPrivileges": "yes",
		"CapabilityBoundingSet": "", "UMask": "0077", "MemoryDenyWriteExecute": "yes",
	} {
		if got := service[setting]; len(got) != 1 || got[0] != value {
			t.Errorf("%s is %q, want %q", setting, got, value)
		}
	}
	if !strings.HasPrefix(service["WorkingDirectory"][0], "/var/lib/"+service["StateDirectory"][0]) ||
		!strings.Contains(deployed(t, "clientele.sysusers"), "u clientele -") {
		t.Error("the folder or the account is another")
	}
}

// TestContainerfile starts the server with what the container's image says. It is for a program that needs nothing.
func TestContainerfile(t *testing.T) {
	t.Parallel()
	said := map[string]string{}
	for line := range strings.Lines(deployed(t, "Containerfile")) {
		if instruction, value, _ := strings.Cut(strings.TrimSpace(line), " "); instruction != "#" {
			said[instruction] = value
		}
	}
	arguments := regexp.MustCompile(`"([^"]+)"`).FindAllStringSubmatch(said["CMD"], -1)
	if len(arguments) != 1 || said["ENTRYPOINT"] != `["/clientele"]` || said["FROM"] != "scratch" {
		t.Fatalf("it is %v", said)
	}
	if !regexp.MustCompile(`^[1-9]\d*:[1-9]\d*$`).MatchString(said["USER"]) {
		t.Errorf("it runs as %s", said["USER"])
	}
	runElsewhere(t, []string{arguments[0][1]}, strings.Fields(said["ENV"]), said["VOLUME"], t.TempDir())
}

// TestNginxSite has nginx serve what deploy/clientele.nginx says.
func TestNginxSite(t *testing.T) {
	t.Parallel()
	proxy, s := newNginx(t), serve(t, newDatabase(t))
	proxy.run(strings.NewReplacer(
		"listen 443", "listen "+proxy.address, "/etc/ssl/billing.example.com.pem", "cert.pem",
		"/etc/ssl/billing.example.com.key", "key.pem", "http://127.0.0.1:8080", s.url,
	).Replace(deployed(t, "clientele.nginx")))
	for path, want := range map[string]int{"/readyz": http.StatusOK, "/api/customers": http.StatusUnauthorized} {
		answer, err := proxy.browser.Get("https://" + proxy.address + path)
		if err != nil {
			t.Fatal(err)
		}
		if _ = answer.Body.Close(); answer.StatusCode != want || answer.Proto != "HTTP/2.0" {
			t.Errorf("%s: %s %d, want %d", path, answer.Proto, answer.StatusCode, want)
		}
	}
}

// TestAlerts watches figures that there are.
func TestAlerts(t *testing.T) {
	t.Parallel()
	var file struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr string
				Annotations struct{ Summary string }
			}
		}
	}
	if err := yaml.Unmarshal([]byte(deployed(t, "alerts.yaml")), &file); err != nil {
		t.Fatal(err)
	}
	s := serve(t, newDatabase(t), "--backup-to", t.TempDir(), "--backup-every", "1s")
	figures := ""
	for figures == "" || !strings.Contains(figures, `success_timestamp_seconds{job="back_up"}`) { // until one was made
		figures = string(s.want(http.StatusOK, "GET", "/metrics", s.testKey, "").body)
	}
	rules := file.Groups[0].Rules
	if len(rules) != 5 {
		t.Errorf("there are %d alerts", len(rules))
	}
	for _, rule := range rules {
		names := regexp.MustCompile(`clientele_\w+`).FindAllString(rule.Expr, -1)
		if len(names) == 0 || rule.Annotations.Summary == "" {
			t.Errorf("%s watches nothing, or says nothing", rule.Alert)
		}
		for _, name := range names {
			if !strings.Contains(figures, "\n"+name+"{") && !strings.Contains(figures, "\n"+name+" ") {
				t.Errorf("%s: there is no %s", rule.Alert, name)
			}
		}
		for _, label := range regexp.MustCompile(`job="\w+"`).FindAllString(rule.Expr, -1) {
			if !strings.Contains(figures, label) {
				t.Errorf("%s: there is no %s", rule.Alert, label)
			}
		}
	}
}
