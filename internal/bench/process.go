package main

import (
	"context"
	"path/filepath"

	"budgetbot/internal/program"
)

// build builds the programs to measure as they are released.
func (b *bench) build(ctx context.Context) error {
	b.programs = map[string]string{}
	for name, source := range map[string]string{
		"bot": "./cmd/bot", "floor": "./internal/bench/floor", "reader": "./internal/bench/reader",
	} {
		b.programs[name] = filepath.Join(b.dir, name)
		if err := program.Build(ctx, source, b.programs[name]); err != nil {
			return err
		}
	}
	return nil
}
