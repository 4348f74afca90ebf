/** An image as a registry knows it. */
export interface Image {
  readonly repository: string;
  readonly tag: string;
}

/** `registry.example/shop/cart:1.2` → repository and tag; without a tag it is `latest`, as for any registry. */
export function splitImage(image: string): Image {
  const colon = image.lastIndexOf(':');
  return colon > image.lastIndexOf('/') ? { repository: image.slice(0, colon), tag: image.slice(colon + 1) } : { repository: image, tag: 'latest' };
}
