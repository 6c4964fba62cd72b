package paper

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	_ "image/jpeg" // the two kinds of pictures that a logo can be
	_ "image/png"
	"strings"
)

// The largest that a logo is printed, in points.
const (
	logoHeight = 42
	logoWidth  = 170
)

// logo is the picture of a business: a data: URL (RFC 2397) for pages, and what it shows for PDFs.
type logo struct {
	URL     template.URL
	picture image.Image
}

// logoOf reads a logo; nil when there is none, or it is no picture.
func logoOf(dataURL string) *logo {
	_, encoded, ok := strings.Cut(dataURL, ";base64,")
	if !ok || !strings.HasPrefix(dataURL, "data:image/") {
		return nil
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil
	}
	picture, kind, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil
	}
	// What is written on the page is what was read, whatever else the text held.
	url := "data:image/" + kind + ";base64," + base64.StdEncoding.EncodeToString(raw)
	return &logo{template.URL(url), picture}
}

// size is how large it is printed, in points: as large as its room allows, in its own proportions.
func (l *logo) size() (width, height float64) {
	b := l.picture.Bounds()
	scale := min(logoWidth/float64(b.Dx()), logoHeight/float64(b.Dy()))
	return float64(b.Dx()) * scale, float64(b.Dy()) * scale
}

// addPicture adds a picture to a file, with what shines through it, and answers its object.
func (f *pdfFile) addPicture(picture image.Image) int {
	b := picture.Bounds()
	colours := make([]byte, 0, 3*b.Dx()*b.Dy())
	opacity := make([]byte, 0, b.Dx()*b.Dy())
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			red, green, blue, alpha := picture.At(x, y).RGBA() // multiplied by alpha, of 16 bits
			if alpha > 0 {
				red, green, blue = red*0xFFFF/alpha, green*0xFFFF/alpha, blue*0xFFFF/alpha
			}
			colours = append(colours, byte(red>>8), byte(green>>8), byte(blue>>8))
			opacity = append(opacity, byte(alpha>>8))
		}
	}
	form := fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8", b.Dx(), b.Dy())
	mask := f.addStream(opacity, form+"/ColorSpace/DeviceGray")
	return f.addStream(colours, form+fmt.Sprintf("/ColorSpace/DeviceRGB/SMask %d 0 R", mask))
}

// drawLogo draws the logo with its upper left corner at x and the height p.y, and goes on below.
func (p *printer) drawLogo(l *logo, x float64) {
	if l == nil {
		return
	}
	width, height := l.size()
	p.logo = p.addPicture(l.picture)
	fmt.Fprintf(p.pages[p.page], "q %s 0 0 %s %s %s cm /Logo Do Q\n", num(width), num(height), num(x),
		num(p.height-p.y-height))
	p.y += height + 8
}
