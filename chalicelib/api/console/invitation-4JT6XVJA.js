import{a as t,b as o}from"./chunk-A54IZX7L.js";import"./chunk-Z4AZ7EAD.js";function i(){return t(o,{title:"Invitation",children:"\u2026"})}export{i as default};
