/** A column of a list, said without any interface kit; the faces draw it. */
export interface Column<T> {
  key: string;
  /** Key of the text of its heading. */
  title: string;
  /** Share of the width, as a CSS length. */
  width?: string;
  /** Plain text of the cell; a face may draw the cell itself instead. */
  text?: (row: T) => string;
  numeric?: boolean;
}
