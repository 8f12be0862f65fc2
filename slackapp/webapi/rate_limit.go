package webapi

import (
	"time"
)

// PostEvery is the time between two messages to a channel: Slack asks for about one a second, and lets a few pass at
// once. The queue keeps to it, so that this package never waits.
const PostEvery = time.Second
