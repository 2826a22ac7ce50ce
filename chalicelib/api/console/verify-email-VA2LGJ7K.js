import{a as e,b as t}from"./chunk-A54IZX7L.js";import"./chunk-Z4AZ7EAD.js";function i(){return e(t,{title:"Verify email",children:"\u2026"})}export{i as default};
