# Generated from shared-schemas by `npm run generate`; do not edit.
