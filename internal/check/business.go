package check

import (
	"bytes"
	"encoding/base64"
	"image"
	_ "image/jpeg" // the two kinds of pictures that a logo can be
	_ "image/png"
	"strings"

	"clientele.dev"
)

// Business checks who issues invoices and writes it as it is kept. The names of its fields begin with prefix.
func Business(prefix string, b *clientele.Business) (err error) {
	err = clientele.JoinInvalid(
		Length(prefix+"name", b.Name, MaxName), Length(prefix+"email", b.Email, MaxEmail),
		Length(prefix+"phone", b.Phone, MaxSymbol), Length(prefix+"tax_id", b.TaxID, MaxStatement),
		Length(prefix+"payment_instructions", b.PaymentInstructions, MaxText),
		Length(prefix+"footer", b.Footer, MaxText), Logo(prefix+"logo", b.Logo),
		normalize(prefix+"address", &b.Address))
	if err == nil {
		b.Email, err = Email(prefix+"email", b.Email)
	}
	return err
}

// Logo checks that a text is a picture as a data: URL (RFC 2397), or empty.
func Logo(field, dataURL string) error {
	if dataURL == "" {
		return nil
	}
	media, encoded, _ := strings.Cut(dataURL, ";base64,")
	if media != "data:image/png" && media != "data:image/jpeg" {
		return Invalid(field, "%s must be a data: URL of a PNG or JPEG in base64", field)
	}
	if base64.StdEncoding.DecodedLen(len(encoded)) > MaxLogo+2 {
		return Invalid(field, "%s is larger than %d KiB", field, MaxLogo>>10)
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return Invalid(field, "%s is not base64", field)
	}
	size, kind, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil || media != "data:image/"+kind {
		return Invalid(field, "%s is not a picture of the kind it says", field)
	}
	if size.Width > MaxLogoPixels || size.Height > MaxLogoPixels || size.Width < 1 || size.Height < 1 {
		return Invalid(field, "%s has more than %d pixels in width or height", field, MaxLogoPixels)
	}
	if _, _, err := image.Decode(bytes.NewReader(raw)); err != nil {
		return Invalid(field, "%s is a picture that cannot be read", field)
	}
	return nil
}
