package sdc

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// wordNames are names of identifiers that also tell as a word of a longer name.
var wordNames = []string{
	"bsn", "burgerservicenummer", "sofinummer", "sofi", "rinpersoon", "rinpersoons", "rinadres", "rinobjectnummer", "rinhuishouden",
	"beid", "brin", "iban", "bankrekening", "rekeningnummer", "email", "emailadres", "emailaddress", "mailadres",
	"telefoon", "telefoonnummer", "telnr", "mobiel", "mobielnummer", "phone", "phonenumber", "telephone",
	"kenteken", "licenceplate", "licenseplate", "kvk", "kvknummer", "rsin",
	"geboortedatum", "gebdatum", "gebdat", "birthdate", "dateofbirth", "dob", "birthday",
	"gsm", "gsmnummer", "paspoort", "paspoortnummer", "rijbewijs", "rijbewijsnummer", "passport", "passportnumber", "ssn", "socialsecuritynumber",
	"patientnummer", "patientnr", "patientid", "clientnummer", "clientnr", "clientid", "persoonsnummer", "anummer", "anr",
	"vreemdelingennummer", "vestigingsnummer", "fiscaalnummer", "finummer", "username", "gebruikersnaam", "postcodehuisnummer",
	"voorletters", "voornaam", "voornamen", "achternaam", "familienaam", "geslachtsnaam", "firstname", "lastname", "surname", "fullname", "givenname",
	"ipadres", "ipaddress",
}

// wholeNames are names of identifiers that are parts of other names too.
var wholeNames = []string{"naam", "name", "namen", "names", "adres", "address", "naw", "mail", "mobile", "tel"}

// nameEndings are endings of such a name.
var nameEndings = []string{"nr", "no", "num", "nummer", "number", "h", "hash", "hashed", "id", "code", "key", "enc", "encrypted", "pseudo", "pseudonym", "pseudoniem"}

// namesIdentifier reports whether a column is named like an identifier: see
// [Identifiers].
func namesIdentifier(name string, more []string) bool {
	words := nameWords(name)
	whole := strings.Join(words, "")
	if whole == "" {
		return false
	}
	if slices.Contains(wholeNames, whole) {
		return true
	}
	strong := slices.Clone(wordNames)
	for _, m := range more {
		if m = strings.Join(nameWords(m), ""); m != "" {
			strong = append(strong, m)
		}
	}
	is := func(s string) bool {
		if slices.Contains(strong, s) {
			return true
		}
		for _, end := range nameEndings {
			if cut, ok := strings.CutSuffix(s, end); ok && slices.Contains(strong, cut) {
				return true
			}
		}
		return false
	}
	for i := range words { // every run of words: date of birth, e-mail
		for j := i + 1; j <= min(len(words), i+4); j++ {
			if is(strings.Join(words[i:j], "")) {
				return true
			}
		}
	}
	return is(whole)
}

// nameWords returns the words of a name in lower case, without accents and signs: runs
// of letters and digits, cut where a capital follows a small letter.
func nameWords(name string) []string {
	var words []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			words = append(words, string(word))
			word = word[:0]
		}
	}
	small := false
	for _, r := range norm.NFKD.String(name) {
		switch {
		case unicode.Is(unicode.M, r):
			continue
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			if !unicode.Is(unicode.Cf, r) {
				flush()
			}
			small = false
			continue
		case unicode.IsUpper(r) && small:
			flush()
		}
		small = unicode.IsLower(r)
		word = append(word, unicode.ToLower(r))
	}
	flush()
	return words
}
