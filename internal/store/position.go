package store

import "time"

// Position is where an object stands in time among those of its kind: later ones have greater positions, also within a
// millisecond. It has 48 bits for the unix milliseconds of the creation, and 16 for a counter.
type Position int64

// The positions before and after all others.
const (
	Beginning Position = 0
	Forever   Position = 1<<63 - 1
)

// lastMoment is the last that has a position, in unix milliseconds: in the year 6429.
const lastMoment = 1<<47 - 2

const counterBits = 16

// PositionAt is the first position of a moment's millisecond.
func PositionAt(t time.Time) Position { return PositionOf(t.UnixMilli()) }

// PositionOf is the first position of a moment in unix milliseconds.
func PositionOf(ms int64) Position { return Position(min(ms, lastMoment)) << counterBits }

// PositionAfter is the first position later than a moment in unix milliseconds.
func PositionAfter(ms int64) Position { return Position(min(ms, lastMoment)+1) << counterBits }

// Milliseconds is the moment of a position, in unix milliseconds.
func (p Position) Milliseconds() int64 { return int64(p >> counterBits) }

// Time is the moment of a position.
func (p Position) Time() time.Time { return time.UnixMilli(p.Milliseconds()) }
