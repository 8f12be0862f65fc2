// Package spike finds days on which much more was used than is usual for their weekday, and joins them to runs. It is pure: the days of one
// series go in, runs come out. A day that is not known is neither calm nor a spike. docs/spikes.md says how often that is right.
package spike
