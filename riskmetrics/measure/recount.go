package measure

import (
	"context"
	"errors"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/sluis-go/sluis/riskmetrics"
)

// ErrSmall says that some class is below the limit.
var ErrSmall = errors.New("some classes are too small")

// Recount counts the classes of a table anew, on all keys together, or on every combination of
// Combinations of them at most, and returns the smallest. A class of fewer than K records
// (respondents, where these are named) is ErrSmall. A table without rows has no class.
func Recount(ctx context.Context, data arrow.Table, o Options) (smallest float64, err error) {
	if err := o.settle(); err != nil {
		return 0, err
	}
	classes, err := riskmetrics.NewClasses(ctx, data, riskmetrics.Options{Keys: o.Keys, Missing: o.Missing, Respondent: o.Respondent, Threads: o.Threads})
	if err != nil {
		return 0, err
	}
	attained := classes.KAnonymity()
	if o.Combinations > 0 {
		if attained, _, err = classes.Combinations(ctx, o.Combinations, int64(o.K)); err != nil {
			return 0, err
		}
	}
	if bad := attained.Violations(whole(o.K)); data.NumRows() > 0 && len(bad.Classes) > 0 {
		return 0, ErrSmall
	}
	return attained.Value, nil
}
