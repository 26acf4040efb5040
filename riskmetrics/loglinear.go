package riskmetrics

import (
	"context"
	"math"
	"slices"

	"github.com/sluis-go/sluis/sdc/report/words"
)

// LogLinearOptions says which log-linear model is fitted to the sample.
type LogLinearOptions struct {
	// Fraction is the sampling fraction pi, above 0 and below 1. Required.
	Fraction float64
	// Terms are the interactions of the model, each a set of keys by position. Every
	// subset of a term is in the model too, and the main effect of every key. Defaults to
	// none: the keys are independent. See Interactions.
	Terms [][]int
	// MaxCells bounds the cells of the full table, the product of the numbers of
	// values of the keys, of 8 bytes each. Defaults to 2^24.
	MaxCells int
}

// LogLinear is a log-linear model of the sample frequencies, and the risk that it implies
// (Skinner and Elamir 2006; Skinner and Shlomo 2008). The frequencies of the cells of the
// full table are Poisson: f_k with mean mu_k, and F_k with mean lambda_k = mu_k/pi. For a
// sample unique, F_k - 1 is then Poisson with mean lambda_k (1-pi).
type LogLinear struct {
	// Terms are the maximal interactions fitted, as positions of keys.
	Terms [][]int
	// Tau1 is the expected number of sample uniques that are unique in the population.
	// Tau2 is the expected number of correct matches when every sample unique is matched
	// with a random member of its cell in the population:
	//
	//	tau1 = sum over f_k = 1 of exp(-lambda_k (1-pi))
	//	tau2 = sum over f_k = 1 of (1 - exp(-lambda_k (1-pi))) / (lambda_k (1-pi))
	Tau1, Tau2 float64
	// Uniques is the number of sample uniques.
	Uniques int
	// Unique and Match are, for every sample unique, its term of Tau1 and of Tau2. They
	// are 0 for other records, and NaN for records that were left out.
	Unique, Match []float64
	// Fit1 and Fit2 say how far Tau1 and Tau2 are off for a model that does not
	// fit.
	Fit1, Fit2 Misfit
	// NotDiagnosed says why there are no Fit1 and Fit2 (these are NaN then), or is
	// nil.
	NotDiagnosed error
	// Cells is the number of cells of the full table, and Iterations how many
	// rounds the fit took.
	Cells      float64
	Iterations int

	mean []float64 // class -> mu
}

// Misfit holds the estimate B of the bias of a tau under a model that does not fit, and
// the variance v of B under a model that fits (Skinner and Shlomo 2008). It is a test of
// dispersion, weighted by the effect on the tau.
//
//   - A model that leaves out interactions has B above 0; a model with too many has B
//     below 0.
//   - |Z| of 2 and more is a reason to doubt the model.
//   - B uses an expansion to second order. For a model that is far off, B shows a misfit,
//     but neither its size nor its sign.
type Misfit struct {
	Bias, Variance float64
	// Z is Bias over the square root of Variance.
	Z float64
}

// Mean returns the fitted mean mu of the sample frequency of a class.
func (l *LogLinear) Mean(class uint32) float64 { return l.mean[class] }

// Interactions returns all sets of size keys out of keys, as Terms: of size 2, the
// model of all two-way interactions.
func Interactions(keys, size int) [][]int {
	if size < 0 || size > keys {
		return nil
	}
	var out [][]int
	choose(keys, size, func(term []int) error { //nolint:errcheck // it returns what this does
		out = append(out, slices.Clone(term))
		return nil
	})
	return out
}

// LogLinear fits a model by iterative proportional fitting (Deming and Stephan 1940;
// Bishop, Fienberg and Holland 1975), which gives the maximum likelihood fit. It stops
// when every fitted margin is within 1e-12 of the observed margin, relative to the
// observed one. A table of more than MaxCells cells is fitted only where the keys are
// independent, and then without Fit1 and Fit2.
//
// The error is
//
//   - ErrRequest for options that are not defined, for too many cells, and for nulls that
//     match other values, because such nulls belong to no single cell;
//   - ErrEstimator where the fit does not converge or there are no records;
//   - the context's.
//
// Where null is a category, it is a category of the table. Time is the cells times the
// terms times the rounds. The result does not depend on the order of the records or on
// threads.
func (c *Classes) LogLinear(ctx context.Context, o LogLinearOptions) (*LogLinear, error) {
	t, err := c.contingency(&o)
	if err != nil {
		return nil, err
	}
	terms, err := maximal(o.Terms, len(c.keys))
	if err != nil {
		return nil, err
	}
	return t.fit(ctx, o.Fraction, terms)
}

// fit fits one model.
func (t *contingency) fit(ctx context.Context, fraction float64, terms [][]int) (*LogLinear, error) {
	l := &LogLinear{Terms: terms, Cells: t.cells, mean: make([]float64, len(t.c.size))}
	if t.mu == nil {
		if slices.ContainsFunc(terms, func(term []int) bool { return len(term) > 1 }) {
			return nil, &words.Error{Kind: ErrRequest, Fact: words.New(words.ManyTableCells)}
		}
		l.Iterations = 1
		t.independent(l.mean)
		l.notDiagnosed(words.ManyFitCells)
	} else {
		rounds, err := t.proportional(ctx, terms)
		if err != nil {
			return nil, err
		}
		l.Iterations = rounds
		for id, cell := range t.cell {
			l.mean[id] = t.mu[cell]
		}
		if err := t.diagnose(ctx, l, fraction); err != nil {
			return nil, err
		}
	}
	unique, match := make([]float64, len(l.mean)), make([]float64, len(l.mean))
	for id, n := range t.c.basis() {
		if n != 1 {
			continue
		}
		x := l.mean[id] / fraction * (1 - fraction)
		unique[id], match[id] = math.Exp(-x), meanInverse(x)
		l.Uniques++
		l.Tau1 += unique[id]
		l.Tau2 += match[id]
	}
	l.Unique, l.Match = t.c.spread(unique), t.c.spread(match)
	return l, nil
}

// notDiagnosed says that it is not known how far the model is off.
func (l *LogLinear) notDiagnosed(why words.ID) {
	l.NotDiagnosed = &words.Error{Kind: ErrEstimator, Fact: words.New(why)}
	nan := math.NaN()
	l.Fit1, l.Fit2 = Misfit{nan, nan, nan}, Misfit{nan, nan, nan}
}

// meanInverse is (1-exp(-x))/x, the mean of 1/F where F-1 is Poisson of mean x.
func meanInverse(x float64) float64 {
	if x == 0 {
		return 1
	}
	return -math.Expm1(-x) / x
}

// meanInverseSlopes are the first and second derivatives of meanInverse,
//
//	(exp(-x)(1+x) - 1)/x^2   and   (2 - exp(-x)(x^2+2x+2))/x^3
//
// by their power series where the closed forms cancel.
func meanInverseSlopes(x float64) (first, second float64) {
	if x > 1 {
		e := math.Exp(-x)
		return (e*(1+x) - 1) / (x * x), (2 - e*(x*x+2*x+2)) / (x * x * x)
	}
	t := 0.5 // x^(k-1) / (k+1)!, with its sign
	for k := 1.0; k < 22; k++ {
		next := first - float64(k*t)
		if next == first {
			break // the terms fall for x <= 1: no later one changes the sum
		}
		first = next
		t *= -x / (k + 2)
	}
	t = 1.0 / 6
	for k := 2.0; k < 22; k++ {
		next := second + float64(k*(k-1)*t)
		if next == second {
			break
		}
		second = next
		t *= -x / (k + 2)
	}
	return first, second
}

// diagnose computes B and v of both taus. Let h be the term of a tau as a function of
// lambda. The bias is the sum of P(f_k = 1) (h(fitted lambda) - h(lambda)). It is
// expanded to second order, with derivatives at the fitted lambda. The difference lambda
// - fitted lambda and its square are replaced by their unbiased estimates (f-mu)/pi and
// ((f-mu)^2 - f)/pi^2:
//
//	B = sum over all cells of lambda exp(-mu) (-h'(lambda) (f-mu) + h''(lambda) ((f-mu)^2 - f) / (2 pi))
//
// Its variance for Poisson f of known mean mu, in which the two parts are not correlated,
// is
//
//	v = sum over all cells of (lambda exp(-mu))^2 (h'^2 mu + h''^2 mu^2 / (2 pi^2))
func (t *contingency) diagnose(ctx context.Context, l *LogLinear, pi float64) error {
	q := 1 - pi
	for i, mu := range t.mu {
		if i&(1<<16-1) == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		lambda := mu / pi
		w := lambda * math.Exp(-mu)
		off := t.f[i] - mu
		square := float64(off*off) - t.f[i]
		add := func(m *Misfit, first, second float64) {
			m.Bias += w * (float64(second*square)/(2*pi) - float64(first*off))
			m.Variance += float64(w*w) * (float64(first*first)*mu + float64(second*second)*float64(mu*mu)/(2*pi*pi))
		}
		e := math.Exp(-lambda * q)
		add(&l.Fit1, -q*e, q*q*e)
		s1, s2 := meanInverseSlopes(lambda * q)
		add(&l.Fit2, q*s1, q*q*s2)
	}
	for _, m := range []*Misfit{&l.Fit1, &l.Fit2} {
		if m.Variance > 0 {
			m.Z = m.Bias / math.Sqrt(m.Variance)
		}
		if x := m.Bias + m.Variance + m.Z; math.IsNaN(x) || math.IsInf(x, 0) {
			l.notDiagnosed(words.MisfitNotFinite)
			return nil
		}
	}
	return nil
}

// SearchLogLinear looks for the model with the least biased Tau1, by the forward search
// of Skinner and Shlomo 2008. It starts from o.Terms (none is independence). In each step
// it adds the two-way interaction that makes |Fit1.Z| smallest. It stops where |Fit1.Z|
// is below 1 or no longer falls. It returns the models of all steps, the chosen one last.
// The other options are as for LogLinear.
func (c *Classes) SearchLogLinear(ctx context.Context, o LogLinearOptions) ([]*LogLinear, error) {
	t, err := c.contingency(&o)
	if err != nil {
		return nil, err
	}
	if t.mu == nil {
		return nil, &words.Error{Kind: ErrRequest, Fact: words.New(words.ManyTableCells)}
	}
	terms, err := maximal(o.Terms, len(c.keys))
	if err != nil {
		return nil, err
	}
	best, err := t.fit(ctx, o.Fraction, terms)
	if err != nil {
		return nil, err
	}
	path := []*LogLinear{best}
	for !(math.Abs(best.Fit1.Z) < 1) {
		if best.NotDiagnosed != nil {
			return nil, best.NotDiagnosed
		}
		var next *LogLinear
		for _, pair := range Interactions(len(c.keys), 2) {
			if slices.ContainsFunc(best.Terms, func(term []int) bool {
				return slices.Contains(term, pair[0]) && slices.Contains(term, pair[1])
			}) {
				continue
			}
			wider, err := maximal(append(slices.Clone(best.Terms), pair), len(c.keys))
			if err != nil {
				return nil, err
			}
			l, err := t.fit(ctx, o.Fraction, wider)
			if err != nil {
				return nil, err
			}
			if l.NotDiagnosed != nil {
				continue
			}
			if next == nil || math.Abs(l.Fit1.Z) < math.Abs(next.Fit1.Z) {
				next = l
			}
		}
		if next == nil || math.Abs(next.Fit1.Z) >= math.Abs(best.Fit1.Z) {
			break
		}
		best = next
		path = append(path, best)
	}
	return path, nil
}
