import{a as e,b as o}from"./chunk-A54IZX7L.js";import"./chunk-Z4AZ7EAD.js";function i(){return e(o,{title:"Policies",children:"\u2026"})}export{i as default};
