export const ownNames: RegExp;
