package report

// DutchStep is the Dutch title of a step of a dossier.
func DutchStep(key string) string { return dutchSteps[key] }
