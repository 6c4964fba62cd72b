package api_test

import (
	"strings"
	"testing"
)

func TestEmailIsOneAddressKeptAsTyped(t *testing.T) {
	t.Parallel()
	s := start(t)
	label := strings.Repeat("d", 63)
	domain := strings.Join([]string{label, label, label}, ".") // 191 bytes
	for email, good := range map[string]bool{
		"ada@example.com":                         true,
		"Ada.Lovelace@EXAMPLE.COM":                true,
		"ada+tag@example.com":                     true,
		"o'hara@example.com":                      true,
		"!#$%&*/=?^_{|}~-@x.org":                  true,
		`"quoted local"@x.org`:                    true,
		`"a@b"@x.org`:                             true,
		"用户@例子.中国":                                true,
		"müller@exämple.de":                       true,
		"a@localhost":                             true,
		strings.Repeat("l", 64) + "@example.com":  true,
		strings.Repeat("l", 65) + "@example.com":  false,
		strings.Repeat("é", 32) + "@example.com":  true,  // 64 bytes
		strings.Repeat("é", 33) + "@example.com":  false, // 66 bytes
		strings.Repeat("l", 62) + "@" + domain:    true,  // 254 bytes
		strings.Repeat("l", 63) + "@" + domain:    false, // 255 bytes
		"ada":                                     false,
		"@example.com":                            false,
		"ada@":                                    false,
		"ada@@example.com":                        false,
		"ada@example..com":                        false,
		".ada@example.com":                        false,
		"ada.@example.com":                        false,
		"a..b@example.com":                        false,
		"a b@example.com":                         false,
		" ada@example.com":                        false,
		"ada@example.com ":                        false,
		"ada@exam ple.com":                        false,
		"ada@example.com, b@c.de":                 false,
		"ada@example.com;b@c.de":                  false,
		"Ada <ada@example.com>":                   false,
		"<ada@example.com>":                       false,
		"ada@example.com (Ada)":                   false,
		"ada\n@example.com":                       false,
		"ada@example.com\r\nBcc: eve@example.com": false,
		"mailto:ada@example.com":                  false,
		"ada@exa\tmple.com":                       false,
	} {
		t.Run(email, func(t *testing.T) {
			t.Parallel()
			body := `{"email":` + quoted(email) + `}`
			if !good {
				s.send(t, "POST", "/api/customers", body).refused(t, 400, "email")
				return
			}
			if got := s.post(t, body).Email; got != email {
				t.Errorf("kept as %q", got)
			}
		})
	}
}

func TestPhoneIsKeptInE164(t *testing.T) {
	t.Parallel()
	s := start(t)
	for typed, want := range map[string]string{
		"+14155552671":                     "+14155552671",
		"+1 415 555 2671":                  "+14155552671",
		"+1 (415) 555-2671":                "+14155552671",
		"+1.415.555.2671":                  "+14155552671",
		"+1-415-555-2671":                  "+14155552671",
		"+15551234567":                     "+15551234567", // the protocol's own example
		"+44 20 7946 0958":                 "+442079460958",
		"+44 (0)20 7946 0958":              "+442079460958",
		"+49 30 123456":                    "+4930123456",
		"+33 6 12 34 56 78":                "+33612345678",
		"+39 06 698 82023":                 "+390669882023", // Italy keeps its zero
		"+86 138 0013 8000":                "+8613800138000",
		"+81 3-1234-5678":                  "+81312345678",
		"+91 98765 43210":                  "+919876543210",
		"+55 11 91234-5678":                "+5511912345678",
		"+7 912 345-67-89":                 "+79123456789",
		"+353 1 234 5678":                  "+35312345678",
		"+1\u00a0415\u00a05552671":         "+14155552671",
		"4155552671":                       "",
		"(415) 555-2671":                   "",
		"020 7946 0958":                    "",
		"0044 20 7946 0958":                "",
		"+1 415 555 2671 x12":              "",
		"+1 415 555 2671 ext. 3":           "",
		"+1 415 555 2671;ext=3":            "",
		"tel:+14155552671":                 "",
		"+1 800 FLOWERS":                   "",
		"+1 415":                           "",
		"+1 415 555 26711":                 "",
		"+999 123 456 789":                 "",
		"+0 123 456 789":                   "",
		"+":                                "",
		"phone":                            "",
		"+1 415 555 2671, +1 415 555 2672": "",
		"+１４１５５５５２６７１":                     "",
		"++14155552671":                    "",
		"+1 415 555 2671\n":                "",
		strings.Repeat("1", 300):           "",
	} {
		t.Run(typed, func(t *testing.T) {
			t.Parallel()
			body := `{"phone":` + quoted(typed) + `}`
			if want == "" {
				s.send(t, "POST", "/api/customers", body).refused(t, 400, "phone")
				s.send(t, "POST", "/api/customers", `{"shipping":`+body+`}`).refused(t, 400, "shipping.phone")
				return
			}
			if got := s.post(t, body).Phone; got != want {
				t.Errorf("kept as %q, want %q", got, want)
			}
		})
	}
}

func TestCountryIsAnAssignedCode(t *testing.T) {
	t.Parallel()
	s := start(t)
	for typed, want := range map[string]string{
		"US": "US", "us": "US", "uS": "US", "de": "DE", "GB": "GB", "CN": "CN", "AX": "AX", "ZW": "ZW", "SS": "SS",
		"CW": "CW", "XK": "XK",
		"UK": "", "EU": "", "AN": "", "SU": "", "YU": "", "ZZ": "", "AA": "", "USA": "", "U": "", "U ": "",
		" U":  "",
		"840": "", "United States": "", "ＵＳ": "", "ıt": "", "D ": "", "  ": "",
	} {
		t.Run(typed, func(t *testing.T) {
			t.Parallel()
			body := `{"address":{"country":` + quoted(typed) + `}}`
			if want == "" {
				s.send(t, "POST", "/api/customers", body).refused(t, 400, "address.country")
				s.send(t, "POST", "/api/customers", `{"shipping":`+body+`}`).refused(t, 400, "shipping.address.country")
				return
			}
			if got := s.post(t, body).Address.Country; got != want {
				t.Errorf("kept as %q, want %q", got, want)
			}
		})
	}
}
