import{Wa as t,Ya as o}from"./chunk-F7EBDJF4.js";function r(){return t(o,{title:"Exports",children:"\u2026"})}export{r as default};
