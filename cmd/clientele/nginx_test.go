package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// nginx is Debian's nginx, which ends TLS and speaks HTTP/2 before a server.
type nginx struct {
	t       *testing.T
	address string       // 127.0.0.1:PORT
	browser *http.Client // which trusts its certificate
	tls     *httptest.Server
	servers []string // that http://servers is, when there is a location for them
}

// newNginx chooses an address for an nginx that is to start later.
func newNginx(t *testing.T) *nginx {
	t.Helper()
	issuer := httptest.NewUnstartedServer(nil) // of the certificate alone
	issuer.EnableHTTP2 = true
	issuer.StartTLS()
	issuer.Close()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = free.Close() // which nginx takes
	return &nginx{t: t, address: free.Addr().String(), browser: issuer.Client(), tls: issuer}
}

// documentedLocation is the location of nginx that docs/operation.md shows.
func documentedLocation(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/operation.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)```nginx\n(.*?)```").FindSubmatch(page)
	if found == nil {
		t.Fatal("docs/operation.md shows no location of nginx")
	}
	return string(found[1])
}

// upstream names the servers, of which each gets every second request.
func (n *nginx) upstream() string {
	if n.servers == nil {
		return ""
	}
	return "upstream servers { server " + strings.Join(n.servers, "; server ") + "; }"
}

// start starts nginx with a location; what is asked for outside of it is a 418.
func (n *nginx) start(location string) {
	n.t.Helper()
	n.run(n.upstream() + fmt.Sprintf(`
	server {
		listen %s ssl http2;
		ssl_certificate cert.pem;
		ssl_certificate_key key.pem;
		location / { return 418; }
		%s
	}`, n.address, location))
}

// run starts nginx with servers, whose certificate is cert.pem and its key key.pem.
func (n *nginx) run(servers string) {
	n.t.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		program = "/usr/sbin/nginx"
	}
	if _, err := os.Stat(program); err != nil {
		n.t.Fatal("nginx is missing: apt-get install nginx-light")
	}
	dir := n.t.TempDir()
	pair := n.tls.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		n.t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"cert.pem": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}),
		"key.pem":  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
		"nginx.conf": fmt.Appendf(nil, `daemon off; master_process off; pid nginx.pid; error_log stderr;
events {}
http {
	access_log off;
	client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
	%s
}
`, servers),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			n.t.Fatal(err)
		}
	}
	c := exec.Command(program, "-p", dir, "-c", "nginx.conf", "-e", "stderr")
	var said strings.Builder
	c.Stderr = &said
	if err := c.Start(); err != nil {
		n.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	n.t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		if err := <-ended; err != nil || n.t.Failed() {
			n.t.Logf("nginx: %v: %s", err, said.String())
		}
	})
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if conn, err := net.Dial("tcp", n.address); err == nil {
			_ = conn.Close()
			return
		}
		select {
		case err := <-ended:
			ended <- err
			n.t.Fatalf("nginx ended: %v: %s", err, said.String())
		default:
		}
		if time.Since(began) > time.Minute {
			n.t.Fatal("nginx does not listen")
		}
	}
}
