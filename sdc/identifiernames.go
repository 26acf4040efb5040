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
	"ipadres", "ipaddress", "macadres", "macaddress", "imei", "chassisnummer", "chassisnumber",
	"btwnummer", "vatnumber", "agbcode", "bignummer", "vnummer", "accountnumber", "policynumber",
	"strafrechtsketennummer", "skn", "parketnummer", "pvnummer", "geboortedag", "bedrijfsnaam", "handelsnaam",
	"bsnummer", "persoonsnr", "nationalid", "userid", "zorgnummer", "zorgnr", "nummerplaat", "hhnr", "householdid", "huishoudnummer", "huishoudnr", "bsns",
	"straatnaam", "streetname", "streetaddress", "huisnummer", "huisnr", "housenumber",
}

// numberedNames name a person, a company or a file about one. With an ending of numberEndings
// they are an identifier: klantnummer, student_id. Alone they may be a yes or no.
var numberedNames = []string{
	"klant", "client", "patient", "relatie", "debiteur", "crediteur", "lid", "lidmaatschap", "polis", "contract", "rekening", "account",
	"persoon", "personeel", "personeels", "medewerker", "medewerkers", "werknemer", "werknemers", "student", "studenten", "leerling", "onderwijs",
	"bedrijf", "bedrijfs", "onderneming", "ondernemings", "dossier", "zaak", "aangifte", "verdachte", "slachtoffer",
	"customer", "person", "employee", "staff", "member", "pupil", "subject", "participant", "company", "mobile", "taxpayer",
}

// numberEndings are the endings of a number that is given to a person or company.
var numberEndings = []string{"nr", "no", "num", "nummer", "number", "id", "key"}

// namedNames are persons and companies whose name is an identifier: klantnaam, naam_kind,
// name of mother.
var namedNames = []string{
	"klant", "client", "patient", "persoon", "persoons", "kind", "partner", "moeder", "vader", "ouder", "eigenaar", "ontvanger", "contact", "contactpersoon",
	"debiteur", "leerling", "student", "medewerker", "werknemer", "verdachte", "slachtoffer", "bedrijf", "bedrijfs", "firma", "onderneming", "ondernemings",
	"customer", "person", "child", "mother", "father", "parent", "owner", "recipient", "employee", "maiden", "middle", "company", "business", "trade",
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
		if s = strings.TrimRight(s, "0123456789"); slices.Contains(strong, s) || namesBSN(s) {
			return true
		}
		for _, end := range nameEndings {
			if cut, ok := strings.CutSuffix(s, end); ok && slices.Contains(strong, cut) {
				return true
			}
		}
		return isNumber(s) || isPersonName(s)
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

// namesBSN reports whether a word is bsn with the person whose number it is: partnerbsn,
// bsnvader.
func namesBSN(s string) bool {
	if s == "pseudobsn" {
		return true
	}
	before, isEnd := strings.CutSuffix(s, "bsn")
	after, isStart := strings.CutPrefix(s, "bsn")
	return isEnd && slices.Contains(namedNames, before) || isStart && slices.Contains(namedNames, after)
}

// isNumber reports whether a name is that of a number that is given to somebody.
func isNumber(s string) bool {
	return slices.ContainsFunc(numberEndings, func(end string) bool {
		cut, ok := strings.CutSuffix(s, end)
		return ok && slices.Contains(numberedNames, cut)
	})
}

// isPersonName reports whether a name is that of the name of a person or a company, in
// either order: klantnaam, naam klant, naam van klant.
func isPersonName(s string) bool {
	for _, end := range []string{"naam", "namen", "name", "names"} {
		if cut, ok := strings.CutSuffix(s, end); ok && slices.Contains(namedNames, cut) {
			return true
		}
		if cut, ok := strings.CutPrefix(s, end); ok {
			cut = strings.TrimPrefix(strings.TrimPrefix(cut, "van"), "of")
			if slices.Contains(namedNames, cut) {
				return true
			}
		}
	}
	return false
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
