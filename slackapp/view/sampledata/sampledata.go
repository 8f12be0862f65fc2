package sampledata

import (
	"time"

	"budgetbot/alerts"
	"budgetbot/billing"
)

// Hostile is a name such as an attacker would try.
const Hostile = "*b* _i_ ~s~ `c` <!channel> @here <@U0614TZR7> & https://x.example|y :boom:\n\u202Egnp.exe\x00"

// Now is when the samples are made.
var Now = time.Date(2026, 11, 22, 10, 42, 0, 0, time.UTC)

// The month that runs in samples, the one before it, and up to when the figures of the running month count.
var (
	November = billing.NewMonth(2026, time.November)
	October  = November.Add(-1)
	ToNov21  = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
)

// Checks are those of a service that runs well.
var Checks = alerts.CheckStatus{SucceededAt: Now.Add(-12 * time.Minute), NextAt: Now.Add(48 * time.Minute)}
