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
	"sync"
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
	streams func() pictureStreams
}

// keptLogos is how many logos stay prepared: those of two modes, and former ones that are still printed.
const keptLogos = 16

// logos are those that were prepared, by their data: URLs: that takes longer than a page.
var logos struct {
	mu   sync.Mutex
	made map[string]*logo
}

// logoOf is a logo, prepared once; nil when there is none, or it is no picture.
func logoOf(dataURL string) *logo {
	if dataURL == "" {
		return nil
	}
	logos.mu.Lock()
	defer logos.mu.Unlock()
	if l, known := logos.made[dataURL]; known {
		return l
	}
	if logos.made == nil || len(logos.made) >= keptLogos {
		logos.made = map[string]*logo{}
	}
	l := readLogo(dataURL)
	logos.made[dataURL] = l
	return l
}

// readLogo reads a logo; nil when it is no picture.
func readLogo(dataURL string) *logo {
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
	return &logo{template.URL(url), picture, sync.OnceValue(func() pictureStreams { return pictureOf(picture) })}
}

// size is how large it is printed, in points: as large as its room allows, in its own proportions.
func (l *logo) size() (width, height float64) {
	b := l.picture.Bounds()
	scale := min(logoWidth/float64(b.Dx()), logoHeight/float64(b.Dy()))
	return float64(b.Dx()) * scale, float64(b.Dy()) * scale
}

// pictureStreams are a picture as a PDF has it: its size, its colours and what shines through it, compressed.
type pictureStreams struct {
	width, height    int
	colours, opacity []byte
}

func pictureOf(picture image.Image) pictureStreams {
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
	return pictureStreams{b.Dx(), b.Dy(), compress(colours), compress(opacity)}
}

// addPicture adds a picture to a file and answers its object.
func (f *pdfFile) addPicture(p pictureStreams) int {
	form := fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8", p.width, p.height)
	mask := f.addCompressed(p.opacity, form+"/ColorSpace/DeviceGray")
	return f.addCompressed(p.colours, form+fmt.Sprintf("/ColorSpace/DeviceRGB/SMask %d 0 R", mask))
}

// drawLogo draws the logo with its upper left corner at x and the height p.y, and goes on below.
func (p *printer) drawLogo(l *logo, x float64) {
	if l == nil {
		return
	}
	width, height := l.size()
	p.logo = p.addPicture(l.streams())
	fmt.Fprintf(p.pages[p.page], "q %s 0 0 %s %s %s cm /Logo Do Q\n", num(width), num(height), num(x),
		num(p.height-p.y-height))
	p.y += height + 8
}
