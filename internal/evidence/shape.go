package evidence

import (
	"errors"

	"github.com/sluis-go/sluis/internal/column"
	"github.com/sluis-go/sluis/internal/exact"
)

// Reasons for which evidence is refused.
var (
	ErrWeight       = errors.New("weight is negative")
	ErrWeightNull   = errors.New("weight is null")
	ErrWeightVaries = errors.New("rows of one respondent have different weights, so that weighted dominance (tau) is not defined; use the handbook weighting")
	ErrRange        = errors.New("magnitudes are too far apart to be weighted exactly")
	ErrTauHolding   = errors.New("weights and holdings together are defined for the handbook weighting only, not for tau")
)

// Shape lists the evidence that an Accumulator keeps.
type Shape struct {
	Columns    int  // spanning columns
	Respondent bool // batches carry respondent ids; otherwise each row is its own
	Holding    bool // batches carry holding ids; otherwise respondents are holdings
	Response   bool // batches carry a response
	Weight     bool // batches carry weights
	Tau        bool // contributions carry the weights of their respondents
	Top        int  // how many of the largest contributions to keep
	Sole       bool // keep the sole unit of each cell
	Largest    int  // with a response, how many of the largest contributions to keep with their contributors
	Owners     bool // with holdings and a response, count the holdings with a response, and look at what they share
	// Few, with a response, keeps the distinct values of the response in all rows, where these
	// are at most FewValues.
	Few bool
	// Alike, with a response, keeps the values that respondents share: whether all
	// observations of a cell have one value, and how many respondents contribute the same
	// value where these are at least Alike percent. From 51 to 100; 0 keeps nothing.
	Alike int
}

// ranked returns how many contributions are ranked only by their amounts. It is 0 where
// the contributions kept with their contributors begin with the same ones.
func (s *Shape) ranked() int {
	if s.Largest >= s.Top && !s.Tau {
		return 0
	}
	return s.Top
}

// logged reports whether rows are kept because the rows of a cell may share a value.
func (s *Shape) logged() bool {
	return s.Response && s.Alike > 0 && s.Alike < 100 && !s.Respondent
}

// Batch is a batch of rows in codes. Slices are borrowed for the call.
type Batch struct {
	Rows  int
	Cols  [][]uint32 // a column each; codes in the order of first sight
	Cards []int      // more than every code of the column
	// Respondent holds dense ids, or RespondentKey holds keys that mean the same in every
	// accumulator. All batches must use the same of the two; with Tau it must be dense
	// ids. The same goes for Holding and HoldingKey. Where HoldingNull is true, the
	// holding of the row is its respondent.
	Respondent    []uint32
	RespondentKey []uint64
	Holding       []uint32
	HoldingKey    []uint64
	HoldingNull   []bool // nil where no holding is missing
	// RowKey holds a key for each row that no other row of the data has. It is needed
	// with Sole, Largest or Owners where batches carry no respondents. Nil stands for FirstRow
	// and the keys after it.
	RowKey   []uint64
	FirstRow uint64
	// Lasting says that the buffers of the arrays behind the batch stay until the
	// accumulator is closed.
	Lasting  bool
	Response *column.Numbers
	Weight   *column.Numbers
}

// row returns the key of a row.
func (b *Batch) row(i int) uint64 {
	if b.RowKey == nil {
		return b.FirstRow + uint64(i)
	}
	return b.RowKey[i]
}

// Levels says, for one spanning column, to which node of its hierarchy a code
// belongs at each level. Level[l][code] is the node, or NoNode where the
// branch of the code has none at that level. Nodes are numbered over all
// levels of the column.
type Levels [][]uint32

// NoNode marks a code without a node at a level.
const NoNode = ^uint32(0)

// Margin is the evidence of all non-empty cells with one level for each
// spanning column. Slices other than Nodes have one entry a cell.
type Margin struct {
	Levels []int      // a level for each column
	Nodes  [][]uint32 // column -> cell -> node
	N      int        // number of cells

	Records      []int64 // rows
	Respondents  []int64 // distinct respondents
	Holdings     []int64 // distinct holdings
	Contributors []int64 // distinct respondents with a response, with weights in a row of a weight above 0
	NonZero      []int64 // of these, units with a sum of responses other than 0
	Missing      []int64 // rows without a response
	Owners       []int64 // with Shape.Owners: distinct holdings with a response, with weights in a row of a weight above 0
	// OwnersNonZero are, of these, the holdings with a sum of responses other than 0.
	OwnersNonZero []int64
	Negative      []bool // some contribution of a holding is negative

	// With Sole, the sole respondent of the rows of the cell, and with holdings the sole
	// holding. Where batches carry a response, only rows with a response count.
	SoleRespondent, SoleHolding []Unit

	// With Shape.Alike. Equal says that there are observations, all of one value. Share of
	// two or more contributors, that is Alike percent of them or more, contribute Common, in
	// units of the response. Where there are none with such a share, Share may be 0.
	Equal  []bool
	Share  []int64
	Common Nums
	// The same of holdings, with Shape.Alike and Shape.Owners.
	OwnerShare  []int64
	OwnerCommon Nums

	// In units of the response, see Units.
	Sum    Nums
	SumAbs Nums // over holdings, of |contribution|
	Top    Tops

	Largest Largest // with Shape.Largest

	Weights     Nums // sum of weights, in units of the weight
	Weighted    Nums // sum of weight * response, in units of the product
	WeightedAbs Nums // the same over holdings, absolute
}

// Contribution is one holding's summed response to a cell, by absolute value.
type Contribution struct {
	Value  exact.Num
	Weight exact.Num // with Tau: the weight, in units of the weight; else 1 unit
}

// Units are the units of a Margin's numbers.
type Units struct{ Response, Weight, Product exact.Unit }
