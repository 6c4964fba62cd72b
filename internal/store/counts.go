package store

// CountLevels are the bits by which the buckets that rows are counted in are coarser than a millisecond, the coarsest
// first: each bucket has at most 256 of the next level.
var CountLevels = [...]int64{36, 28, 20, 12}

// CountedKind is the name under which the rows of a table are counted: all, or those in a currency unless that is "".
func CountedKind(table, currencyID string) string {
	if currencyID == "" {
		return table
	}
	return table + " " + currencyID
}

// CountedBuckets calls fn with the buckets of a level from first to last, in the order of a list, and how many rows are
// in each.
type CountedBuckets func(bits, first, last int64, fn func(bucket, count int64)) error

// SkipTo returns the position from which to walk to the row that offset others stand before in a list by time of
// creation, and how many rows to skip from there on. The counts say in which bucket of each level it is, until one has
// few rows. A list that is not that long has no such row.
func SkipTo(offset int64, desc bool, buckets CountedBuckets) (from Position, skip int64, found bool, err error) {
	const few = 200
	skip = offset
	first, last := int64(0), int64(1<<62)
	var bucket, bits int64
	for i := range CountLevels {
		if i > 0 { // those of the bucket that was found
			finer := bits - CountLevels[i]
			first, last = bucket<<finer, (bucket+1)<<finer-1
		}
		bits = CountLevels[i]
		var size int64
		err := buckets(bits, first, last, func(b, count int64) {
			switch {
			case size > 0: // found
			case skip < count:
				bucket, size = b, count
			default:
				skip -= count
			}
		})
		if err != nil || size == 0 {
			return 0, 0, false, err
		}
		if size <= few {
			break
		}
	}
	width := bits + counterBits // bits of a position within the bucket
	if desc {
		return Position((bucket+1)<<width - 1), skip, true, nil
	}
	return Position(bucket << width), skip, true, nil
}
