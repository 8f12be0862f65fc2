package webapi

import (
	"time"
)

// PostEvery is how long a channel takes for a message: Slack asks for about one a second, and lets a few pass at once. The queue keeps to
// it, so that nobody waits here.
const PostEvery = time.Second
