package account

// Salts keep the draws for different purposes apart.
const (
	saltID uint64 = iota + 1
	saltDay
	saltMonth
	saltRegion
	saltProduct
	saltMix
	saltArrival
	saltUnrated
)

// chance draws 64 bits that depend on its arguments alone.
func chance(seed uint64, parts ...uint64) uint64 {
	state := mix(seed)
	for _, part := range parts {
		state = mix(state ^ part)
	}
	return state
}

// mix is the finalizer of SplitMix64.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// around is a draw made into a factor in thousandths, at most width away from one.
func around(draw uint64, width uint64) uint64 { return 1000 - width + draw%(2*width+1) }

// textChance makes a word usable as a part of a draw.
func textChance(text string) uint64 {
	state := uint64(len(text))
	for _, b := range []byte(text) {
		state = mix(state ^ uint64(b))
	}
	return state
}
