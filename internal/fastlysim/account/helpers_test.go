package account

import (
	"github.com/shopspring/decimal"
)

func number(text string) decimal.Decimal { return decimal.RequireFromString(text) }
