package clientele

// Mode is one of the two worlds that share nothing: live mode, and test mode for trying things. The wire says it as
// livemode, true or false.
type Mode bool

// The modes.
const (
	Test Mode = false
	Live Mode = true
)

// String is live or test.
func (m Mode) String() string {
	if m {
		return "live"
	}
	return "test"
}
