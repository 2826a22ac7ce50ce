import{a as e,b as o}from"./chunk-A54IZX7L.js";import"./chunk-Z4AZ7EAD.js";function r(){return e(o,{title:"Person",children:"\u2026"})}export{r as default};
