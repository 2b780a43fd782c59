# Generated from shared-schemas/wire by `npm run generate`; do not edit.
