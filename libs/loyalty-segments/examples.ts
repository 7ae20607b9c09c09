export const UNITS = {};
export const UNIT = {};
export const HISTORY = {};
export const CUSTOMER = {};
