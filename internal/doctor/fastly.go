package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/fastly"
	"budgetbot/internal/service"
	"budgetbot/slackapp/blocks"
)

// examineFastly looks at the token, at the usage endpoints and at bills, and holds the rules against what the account uses.
func examineFastly(ctx context.Context, c *service.Config, rules *rules.Rules, save string, found *Examination) {
	config := fastly.ClientConfig{
		BaseURL: c.FastlyAPIURL, Token: c.FastlyAPIToken, UserAgent: "budgetbot/" + service.Version,
		AttemptTimeout: examTimeout, Retries: -1,
	}
	if save != "" {
		config.Transport = &saver{next: http.DefaultTransport.(*http.Transport).Clone(), dir: save, token: c.FastlyAPIToken}
	}
	client, err := fastly.NewClient(config)
	if err != nil {
		found.fail("Fastly token", "check FASTLY_API_URL and FASTLY_API_TOKEN", "%v", err)
		return
	}
	defer client.Close()
	if !examineFastlyToken(ctx, client, found) {
		return
	}
	money := readMoney(ctx, client)
	rows := examineUsage(ctx, client, c.UsageSource, money, found)
	money.examine(rows, rules, found)
	if len(rows) == 0 {
		return
	}
	examineServices(ctx, client, rows[0], money.servesUsage, found)
	examineDays(ctx, client, found)
	if rules == nil {
		return
	}
	problems, warnings := evaluate.Audit(c.RulesFile, rules, evaluate.Account{Rows: rows, Bill: money.newest()})
	for _, problem := range problems {
		found.fail("rules", "", "%s", problem)
	}
	for _, warning := range warnings {
		found.warn("rules", "", "%s", warning)
	}
}

func examineFastlyToken(ctx context.Context, client *fastly.Client, found *Examination) bool {
	token, err := client.TokenSelf(ctx)
	switch {
	case errors.Is(err, billing.ErrUnauthorised), errors.Is(err, billing.ErrForbidden):
		found.fail("Fastly token", fastlyHint(err), "Fastly does not accept it")
		return false
	case err != nil:
		found.fail("Fastly token", fastlyHint(err), "%v", err)
		return false
	}
	detail := strings.Join(token.Scopes, " ") + ", " + expiry(token, found.now)
	switch {
	case token.CanWrite():
		found.warn("Fastly token", "make an automation token with the role billing and the scope global:read", "%s: it can change things", detail)
	case token.ExpiresWithin(service.TokenSoon, time.Now()):
		found.warn("Fastly token", "make a new one before that", "%s", detail)
	default:
		found.ok("Fastly token", "%s", detail)
	}
	return true
}

func expiry(token fastly.Token, now time.Time) string {
	if token.ExpiresAt.IsZero() {
		return "never expires"
	}
	days := int(token.ExpiresAt.Sub(now) / (24 * time.Hour))
	return fmt.Sprintf("expires %s (in %s)", blocks.PlainStamp(token.ExpiresAt, now), blocks.Counted(days, "day"))
}

// mostOdd is how many rows that cannot be read are named.
const mostOdd = 5

// examineUsage reads this month and the two before, as the service does at its start, from where the service would.
func examineUsage(ctx context.Context, client *fastly.Client, source string, money *money, found *Examination) []billing.Usage {
	months := service.LastMonths(time.Now())
	if source == service.UsageInvoices {
		return money.serveUsage(months, "USAGE_SOURCE is invoices", found)
	}
	rows, err := client.Usage(ctx, months)
	rows, unread := billing.Readable(rows)
	for _, row := range unread[:min(len(unread), mostOdd)] {
		found.warn("Fastly usage", "Fastly's answer cannot be read; --save saves it", "%s: %s", row.Month, row.Unread)
	}
	switch {
	case source == service.UsageAuto && len(rows) == 0 && money.isThere() && (err == nil || errors.Is(err, billing.ErrForbidden)):
		why := fmt.Sprintf("%d with no rows for %s: this account is invoiced", http.StatusOK, months)
		if err != nil {
			why = "the token may not read it"
		}
		return money.serveUsage(months, why, found)
	case err != nil:
		found.fail("Fastly usage", fastlyHint(err), "%s", billing.OneLine(err.Error()))
		return nil
	case len(rows) == 0 && money.isThere():
		found.fail("Fastly usage", "set USAGE_SOURCE to auto", "%d with no rows for %s: this account is invoiced", http.StatusOK, months)
		return nil
	case len(rows) == 0:
		found.fail("Fastly usage", "ask the owner of the Fastly account which of the two it should have",
			"%d with no rows for %s, and no invoices either", http.StatusOK, months)
		return nil
	}
	describeUsage(rows, months, found)
	return rows
}

func describeUsage(rows []billing.Usage, months billing.Range, found *Examination) {
	catalog := billing.CatalogOf(rows)
	counted := billing.CountedTo(rows, months.Last, func(billing.Usage) bool { return true })
	detail := fmt.Sprintf("%s and %s in %s", blocks.Counted(len(catalog.Products), "product"), blocks.Counted(len(catalog.UsageTypes("")), "usage type"), months)
	if counted.IsZero() {
		found.ok("Fastly usage", "%s; nothing of %s yet", detail, months.Last)
		return
	}
	found.ok("Fastly usage", "%s; data to %s", detail, blocks.PlainCountedTo(counted, found.now))
}

var errEnough = errors.New("the first page is enough")

// examineServices reads the first page of one usage type by service, or of all of them where usage is read from invoices, which carry no
// product id.
func examineServices(ctx context.Context, client *fastly.Client, row billing.Usage, ofInvoices bool, found *Examination) {
	read := 0
	count := func(page []billing.ServiceUsage) error {
		read += len(page)
		return errEnough
	}
	var err error
	noun, of := "service", row.UsageType
	if ofInvoices {
		noun, of = "figure", "every usage type"
		err = client.ServicesOf(ctx, row.Month, count)
	} else {
		err = client.ServiceUsage(ctx, row.Metric().In(row.Month), count)
	}
	switch {
	case ofInvoices && errors.Is(err, billing.ErrBadRequest):
		found.warn("Fastly services", "", "%v: by service, and rules with a service, stay empty", billing.ErrNoServices)
	case err != nil && !errors.Is(err, errEnough):
		found.fail("Fastly services", fastlyHint(err), "%s", billing.OneLine(err.Error()))
	case read == 0:
		found.warn("Fastly services", "", "Fastly lists no service for %s in %s: by service, and rules with a service, stay empty", of, row.Month)
	default:
		found.ok("Fastly services", "%s of %s on the first page", blocks.Counted(read, noun), of)
	}
}

// examineDays reads the newest day that Fastly has counted by service, which takes the same right as by region.
func examineDays(ctx context.Context, client *fastly.Client, found *Examination) {
	day := billing.DayOf(time.Now().Add(-26 * time.Hour)) // counted two hours after its end
	services := 0
	err := client.DailyServices(ctx, billing.Days{First: day, Last: day}, func(_ billing.Days, rows []billing.DayTraffic) error {
		services = len(rows)
		return nil
	})
	switch {
	case err != nil:
		found.warn("Fastly days", fastlyHint(err), "%s: there is nothing by day", billing.OneLine(err.Error()))
	case services == 0:
		found.warn("Fastly days", "", "Fastly's statistics list no traffic on %s", day.Format(time.DateOnly))
	default:
		found.ok("Fastly days", "%s on %s", blocks.Counted(services, "service"), day.Format(time.DateOnly))
	}
}
