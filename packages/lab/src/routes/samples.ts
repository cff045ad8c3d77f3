/** The document of `/json`. */
export const SAMPLE_JSON: unknown = {
  slideshow: {
    title: 'How a sluice works',
    author: 'The lab',
    slides: [
      { title: 'A gate', type: 'all' },
      { title: 'Rules', type: 'all', items: ['As much water as the channel can carry', 'and no more'] },
    ],
  },
};

/** The document of `/html`. */
export const SAMPLE_HTML: string = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>The lock keeper</title></head>
<body>
<h1>The lock keeper</h1>
<p class="price" data-v="12.50">The gate stood half open. Below it the river went its way, as fast as its bed allowed.</p>
<p>See also <a href="/links/10/0">ten pages</a>.</p>
</body>
</html>
`;

/** The document of `/xml`. */
export const SAMPLE_XML: string = `<?xml version="1.0" encoding="UTF-8"?>
<slideshow title="How a sluice works" author="The lab">
  <slide type="all"><title>A gate</title></slide>
  <slide type="all"><title>Rules</title><item>As much water as the channel can carry</item></slide>
</slideshow>
`;

/** The text of `/encoding/utf8`: one to four bytes a character, combining marks, right to left. */
export const SAMPLE_UTF8: string = `Latin: Schleuse, écluse, śluza, sluís
Greek: υδατοφράκτης
Cyrillic: шлюз
Hebrew: סכר
Arabic: هويس
Devanagari: जलद्वार
Chinese: 水闸
Japanese: 水門
Korean: 수문
Mathematics: ∀x ∈ ℝ: ⌈x⌉ = −⌊−x⌋
Combining: e\u0301 = é
Emoji: 🌊🚪
`;
