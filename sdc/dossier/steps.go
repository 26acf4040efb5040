package dossier

// step is one step of the framework: what is asked, the article it rests on,
// and whether a run of the library proves it.
type step struct {
	number  int
	key     string
	title   string
	article string
	proof   bool
}

// steps are the 21 steps. Those that are acts of the library have the numbers of
// the juridical framework of the City Deal "Zicht op ondermijning"; its text
// could not be read here, so that the division of the others over the remaining
// numbers is ours, and so are the articles: of the General Data Protection
// Regulation, and of the Act on Statistics Netherlands (Wet op het CBS).
var steps = []step{
	{1, "question", "the question, and why it needs data", "GDPR 5(1)(b)", false},
	{2, "purpose", "the purpose and the type of product", "GDPR 5(1)(b)", false},
	{3, "aggregation", "whether aggregated or anonymised data would do", "GDPR 5(1)(c), 89(1)", false},
	{4, "categories", "categories of data and of persons, special categories among them", "GDPR 9, 10, 30(1)(c)", false},
	{5, "minimisation", "the columns and rows that are read, and no others", "GDPR 5(1)(c)", true},
	{6, "pseudonyms", "pseudonymised: key id and domain", "GDPR 4(5), 25, 89(1)", false},
	{7, "sources", "the sources and who provides them", "GDPR 14, 30(1)", false},
	{8, "controller", "the controller and the processors", "GDPR 4(7), 26, 28", false},
	{9, "legal-basis", "the legal basis", "GDPR 6, 9(2)(j)", false},
	{10, "permissions", "permissions and notifications", "GDPR 35, 36; CBS Act 41", false},
	{11, "output-check", "the check of output and its policy", "CBS Act 37(3)", true},
	{12, "methods", "the methods and their validation", "GDPR 5(1)(d), 89(1)", false},
	{13, "error", "the error that is admissible", "GDPR 5(1)(d)", false},
	{14, "integrity", "the analysed files are the provided ones", "GDPR 5(1)(d), 5(1)(f)", true},
	{15, "access", "who has access", "GDPR 29, 32", false},
	{16, "informing", "how persons are informed", "GDPR 13, 14", false},
	{17, "custody", "who keeps the key", "GDPR 32", false},
	{18, "retention", "when the data are destroyed", "GDPR 5(1)(e)", false},
	{19, "destruction", "the record of the key's destruction, or when it is due", "GDPR 5(1)(e), 17", false},
	{20, "release", "what is released, checked for group disclosure", "CBS Act 37(3)", true},
	{21, "evaluation", "the evaluation, and how the result is made again", "GDPR 5(2)", false},
}
