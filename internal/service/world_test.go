package service_test

import (
	"testing"
	"testing/synctest"
	"time"

	"budgetbot/internal/service"
	"budgetbot/internal/servicetest"
	"budgetbot/internal/slacksim"
)

const (
	alice = servicetest.Alice
	gerda = servicetest.Gerda

	cdnBudget   = servicetest.CDNBudget
	cdnPlatform = servicetest.CDNPlatform
	shopCDN     = servicetest.ShopCDN
)

// manyChecks is how many checks have to be silent for a test to believe in the silence.
const manyChecks = 20

// world is that of a test, with what the tests of this package do in it.
type world struct{ *servicetest.World }

func newWorld(t *testing.T, options ...servicetest.Option) *world {
	t.Helper()
	return &world{servicetest.New(t, options...)}
}

// startPast80 starts a service, lets na-bandwidth cross 80 % afterwards, and returns the service and the alert.
func (w *world) startPast80() (*servicetest.Running, slacksim.Message) {
	w.T.Helper()
	w.Uses(390, 50)
	r := w.Start()
	w.AwaitChecks(2)
	w.Uses(402.6, 50)
	return r, w.Message(cdnBudget, "North America Bandwidth: 80% Used", "80% of November's 500 TB")
}

// onVirtualTime runs a test on time that passes when everything waits for it: the service, its database in a file, Slack and Fastly.
func onVirtualTime(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(servicetest.Noon)) // virtual time begins long before any account has figures
		test(t)
	})
}

// on has a service use another database than the world's.
func on(databaseURL string) servicetest.Change {
	return func(c *service.Config, _ *service.Options) { c.DatabaseURL = databaseURL }
}

// startOn starts services beside one another on a database.
func (w *world) startOn(databaseURL string, replicas int) []*servicetest.Running {
	w.T.Helper()
	var all []*servicetest.Running
	for range replicas {
		all = append(all, w.Start(on(databaseURL)))
	}
	w.Await("the connections", func() bool { return len(w.Slack.Connections()) >= 2*replicas })
	return all
}
