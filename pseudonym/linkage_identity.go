package pseudonym

import (
	"encoding/hex"
	"strconv"
	"time"
)

// identityOf keeps a value.
func identityOf(v value) identity {
	switch v.tag {
	case tagInt, tagDate, tagTime, tagBool:
		return identity{v.tag, strconv.FormatInt(v.num, 10)}
	case tagUint:
		return identity{v.tag, strconv.FormatUint(uint64(v.num), 10)}
	}
	return identity{v.tag, string(v.text)}
}

// value returns the kept value. The error is ErrLinkage.
func (id identity) value() (value, error) {
	v := value{tag: id.tag}
	switch id.tag {
	case tagInt, tagDate, tagTime, tagBool:
		n, err := strconv.ParseInt(id.text, 10, 64)
		if err != nil || strconv.FormatInt(n, 10) != id.text || id.tag == tagBool && n != 0 && n != 1 {
			return v, ErrLinkage
		}
		v.num = n
	case tagUint:
		n, err := strconv.ParseUint(id.text, 10, 64)
		if err != nil || strconv.FormatUint(n, 10) != id.text || int64(n) >= 0 {
			return v, ErrLinkage
		}
		v.num = int64(n)
	case tagText, tagBinary, tagDecimal, tagInvalid:
		v.text = []byte(id.text)
	default:
		return v, ErrLinkage
	}
	return v, nil
}

// shown is the text that a person reads.
func (id identity) shown() string {
	switch id.tag {
	case tagBinary:
		return hex.EncodeToString([]byte(id.text))
	case tagBool:
		return strconv.FormatBool(id.text == "1")
	case tagDate, tagTime:
		n, err := strconv.ParseInt(id.text, 10, 64)
		if err != nil {
			return id.text
		}
		if id.tag == tagTime {
			return time.Unix(0, n).UTC().Format(time.RFC3339Nano)
		}
		if n > 1<<31 || n < -1<<31 {
			return id.text // of no calendar
		}
		return time.Unix(86_400*n, 0).UTC().Format(time.DateOnly)
	}
	return id.text
}
