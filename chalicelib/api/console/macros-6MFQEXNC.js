import{Wa as o,Ya as t}from"./chunk-F7EBDJF4.js";function r(){return o(t,{title:"Macros",children:"\u2026"})}export{r as default};
