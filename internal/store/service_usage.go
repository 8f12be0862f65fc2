package store

import (
	"context"
	"fmt"

	"budgetbot/billing"
	"budgetbot/internal/store/engine"
	"budgetbot/internal/store/query"
)

// ServicesKept returns the newest read by service that is kept of a month and usage type; its Edition is empty if there is none.
func (s *Store) ServicesKept(ctx context.Context, q billing.ServiceQuery) (billing.KeptServices, error) {
	of := query.ServiceReadParams{Month: monthText(q.Month), Product: q.Product, UsageType: q.UsageType}
	reads, err := list(ctx, "find services of "+q.Month.String(), s.queries.ServiceRead, of, func(row query.ServiceRead) (billing.KeptServices, error) {
		return billing.KeptServices{
			ReadAt: instant(row.ReadAt), Beside: row.Beside, IsFinal: row.Final, Edition: row.Edition, Parts: int(row.Parts),
		}, nil
	})
	if err != nil || len(reads) == 0 {
		return billing.KeptServices{}, err
	}
	return reads[0], nil
}

// ServicePart returns a part of an edition, counted from 0; empty if there is none.
func (s *Store) ServicePart(ctx context.Context, edition string, part int) (string, error) {
	of := query.ServicePartParams{Edition: edition, Part: int64(part)}
	bodies, err := list(ctx, "read services", s.queries.ServicePart, of, func(body string) (string, error) { return body, nil })
	if err != nil || len(bodies) == 0 {
		return "", err
	}
	return bodies[0], nil
}

// KeepServicePart keeps a part of a read that is under way.
func (s *Store) KeepServicePart(ctx context.Context, q billing.ServiceQuery, edition string, part int, rows string) error {
	row := query.SaveServicePartParams{Edition: edition, Part: int64(part), KeptAt: millis(s.now()), Body: rows}
	return run(ctx, fmt.Sprintf("keep services of %s", q.Month), s.queries.SaveServicePart, row)
}

// KeepServices has a read whose parts are kept already replace what is kept of its month and usage type, unless that is newer.
func (s *Store) KeepServices(ctx context.Context, q billing.ServiceQuery, read billing.KeptServices) error {
	return s.engine.Transact(ctx, fmt.Sprintf("keep services of %s", q.Month), func(ctx context.Context, w *engine.Work) error {
		row := query.SaveServiceReadParams{
			Month: monthText(q.Month), Product: q.Product, UsageType: q.UsageType,
			ReadAt: millis(read.ReadAt), Beside: read.Beside, Final: read.IsFinal, Edition: read.Edition, Parts: int64(read.Parts),
		}
		old := query.DropServicePartsParams{Month: row.Month, Product: row.Product, UsageType: row.UsageType, ReadAt: row.ReadAt}
		if err := w.DropServiceParts(ctx, old); err != nil {
			return err
		}
		return w.SaveServiceRead(ctx, row)
	})
}
