/** The receipt as a picture for the phone's album: black on white, so that it can be read and printed anywhere. */
const WIDTH = 720;
const EDGE = 48;
const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

export function drawReceipt(head: string, lines: [string, string][], feet: string[]): Promise<Blob | null> {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = 200 + lines.length * 130 + feet.length * 44;
  const brush = canvas.getContext('2d');
  if (!brush) return Promise.resolve(null);
  const write = (text: string, y: number, font: string, colour: string): void => {
    brush.font = `${font} ${FONT}`;
    brush.fillStyle = colour;
    brush.fillText(text, EDGE, y, WIDTH - 2 * EDGE);
  };
  brush.fillStyle = '#ffffff';
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.fillStyle = '#9b2c25';
  brush.fillRect(0, 0, canvas.width, 14);
  write(head, 96, 'bold 44px', '#1d2326');
  lines.forEach(([name, value], index) => {
    write(name, 168 + index * 130, '28px', '#4c5559');
    write(value, 226 + index * 130, 'bold 52px', '#1d2326');
  });
  feet.forEach((text, index) => write(text, 190 + lines.length * 130 + index * 44, '26px', '#4c5559'));
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}
